metadata name = 'Lifecycle of block blobs'
metadata description = 'Moves unread block blobs to cheaper tiers, and from cool back to hot when they are read. Deletes nothing. Append blobs have no tiers and stay hot.'

@description('Required. Name of the storage account; it must track the last access of block blobs.')
param storageAccountName string

@description('Required. Container whose block blobs are moved.')
param containerName string

@description('Optional. Days without a read after which a block blob becomes cool. Default 30.')
@minValue(1)
param coolAfterDays int = 30

@description('Optional. Days without a read after which a block blob becomes cold; a cold blob does not become hot when it is read. Default 180.')
@minValue(2)
param coldAfterDays int = 180

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName
}

resource policy 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'unread-block-blobs'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: {
              blobTypes: ['blockBlob']
              prefixMatch: ['${containerName}/']
            }
            actions: {
              baseBlob: {
                enableAutoTierToHotFromCool: true
                tierToCool: { daysAfterLastAccessTimeGreaterThan: coolAfterDays }
                tierToCold: { daysAfterLastAccessTimeGreaterThan: coldAfterDays }
              }
            }
          }
        }
      ]
    }
  }
}
