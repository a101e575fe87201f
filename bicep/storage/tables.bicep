metadata name = 'Tables'
metadata description = 'Tables of one storage account, each with grants at its own scope.'

import { granted, roleIds } from '../roles.bicep'

@description('Required. Name of the storage account.')
param storageAccountName string

@description('Required. The tables and who may use each.')
param tables granted[]

var grants = flatten(map(tables, (table, at) => map(table.grants, grant => { at: at, grant: grant })))

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName

  resource service 'tableServices' existing = { name: 'default' }
}

resource created 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [
  for table in tables: {
    parent: account::service
    name: table.name
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
