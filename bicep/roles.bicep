metadata name = 'Roles'
metadata description = 'The built-in roles that templates may grant, by name. Templates cannot grant any other role.'

@export()
@description('A built-in role, by its name.')
type roleName =
  | 'Monitoring Metrics Publisher'
  | 'Storage Blob Data Contributor'
  | 'Storage Blob Data Owner'
  | 'Storage Blob Delegator'
  | 'Storage Queue Data Contributor'
  | 'Storage Queue Data Message Sender'
  | 'Storage Table Data Contributor'

@export()
@description('Ids of the built-in roles; the same in every tenant (https://learn.microsoft.com/azure/role-based-access-control/built-in-roles).')
var roleIds = {
  'Monitoring Metrics Publisher': '3913510d-42f4-4e42-8a64-420c390055eb'
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  'Storage Blob Data Owner': 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  'Storage Blob Delegator': 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
  'Storage Queue Data Contributor': '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  'Storage Queue Data Message Sender': 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  'Storage Table Data Contributor': '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

@export()
@description('A role for a principal; the module that contains the grant sets the scope.')
type grant = {
  @description('Required. The role.')
  role: roleName

  @description('Required. Object id of the principal in Entra ID.')
  principalId: string

  @description('Required. Kind of principal; required so that a grant to a new principal does not wait for its replication.')
  principalType: 'ServicePrincipal' | 'User' | 'Group'

  @description('Required. Reason; shown with the assignment.')
  reason: string
}

@export()
@description('A container, table or queue and who may use it.')
type granted = {
  @description('Required. Name of the container, table or queue.')
  name: string

  @description('Required. Grants at this scope only.')
  grants: grant[]
}
