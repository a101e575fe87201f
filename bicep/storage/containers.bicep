metadata name = 'Containers'
metadata description = 'Containers of one storage account, each with grants at its own scope.'

import { granted, roleIds } from '../roles.bicep'

@description('Required. Name of the storage account.')
param storageAccountName string

@description('Required. The containers and who may use each.')
param containers granted[]

var grants = flatten(map(containers, (container, at) => map(container.grants, grant => { at: at, grant: grant })))

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName

  resource service 'blobServices' existing = { name: 'default' }
}

resource created 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [
  for container in containers: {
    parent: account::service
    name: container.name
    properties: { publicAccess: 'None' }
  }
]

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for item in grants: {
    name: guid(created[item.at].id, item.grant.principalId, roleIds[item.grant.role])
    scope: created[item.at]
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[item.grant.role])
      principalId: item.grant.principalId
      principalType: item.grant.principalType
      description: item.grant.reason
    }
  }
]
