metadata name = 'Log of deleted blobs'
metadata description = 'Logs every deleted blob, and the identity that deleted it, to a workspace. Reads and writes are not logged: a line would cost more than the call.'

@description('Required. Name of the storage account.')
param storageAccountName string

@description('Required. Resource id of the Log Analytics workspace.')
param workspaceId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageAccountName

  resource blobs 'blobServices' existing = { name: 'default' }
}

resource deletions 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'deletions'
  scope: account::blobs
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
  }
}
