metadata name = 'Storage account'
metadata description = 'A general-purpose v2 account with a flat namespace and without shared keys: every call needs a token. Containers, tables and queues are separate modules.'

import { grant, roleIds } from '../roles.bicep'

@description('Required. Name of the account, globally unique: 3 to 24 lower-case letters and digits.')
@minLength(3)
@maxLength(24)
param name string

@description('Required. Region.')
param location string

@description('Required. Tags of the account.')
param tags { *: string }

@description('Optional. Redundancy. Default Standard_ZRS, which survives the loss of a data centre; the G kinds copy to a second region with some minutes of delay.')
param redundancy ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' | 'Standard_GZRS') = 'Standard_ZRS'

@description('Optional. Network access to the account. Open: from everywhere. Listed: only from allowedIpRanges. Closed: only through private endpoints. Default Closed.')
param reach ('Open' | 'Listed' | 'Closed') = 'Closed'

@description('Optional. Public IPv4 addresses or ranges that may reach a Listed account. Default none.')
param allowedIpRanges string[] = []

@description('Optional. Days during which deleted or overwritten blobs and deleted containers can be restored; 0 turns soft delete off. Default 7.')
@minValue(0)
@maxValue(365)
param softDeleteDays int = 7

@description('Optional. Whether to record the day of each block blob\'s last read, for lifecycle rules that depend on it. Default false.')
param trackLastAccess bool = false

@description('Optional. Grants at the account. Default none: prefer a container, table or queue.')
param grants grant[] = []

@description('Optional. Whether the account is locked against deletion. Default true.')
param deletionLock bool = true

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    isHnsEnabled: false
    isLocalUserEnabled: false
    isNfsV3Enabled: false
    isSftpEnabled: false
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: reach == 'Closed' ? 'Disabled' : 'Enabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: reach == 'Open' ? 'Allow' : 'Deny'
      ipRules: [for range in (reach == 'Listed' ? allowedIpRanges : []): { value: range, action: 'Allow' }]
      virtualNetworkRules: []
    }
    sasPolicy: {
      expirationAction: 'Log'
      sasExpirationPeriod: '1.00:00:00'
    }
    encryption: {
      keySource: 'Microsoft.Storage'
      requireInfrastructureEncryption: false
      services: {
        blob: { enabled: true, keyType: 'Account' }
        file: { enabled: true, keyType: 'Account' }
        queue: { enabled: true, keyType: 'Account' }
        table: { enabled: true, keyType: 'Account' }
      }
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: false
    changeFeed: { enabled: false }
    deleteRetentionPolicy: softDeleteDays > 0 ? { enabled: true, days: max(softDeleteDays, 1), allowPermanentDelete: false } : { enabled: false }
    containerDeleteRetentionPolicy: softDeleteDays > 0 ? { enabled: true, days: max(softDeleteDays, 1) } : { enabled: false }
    lastAccessTimeTrackingPolicy: trackLastAccess
      ? { enable: true, name: 'AccessTimeTracking', trackingGranularityInDays: 1, blobType: ['blockBlob'] }
      : { enable: false }
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for grant in grants: {
    name: guid(account.id, grant.principalId, roleIds[grant.role])
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[grant.role])
      principalId: grant.principalId
      principalType: grant.principalType
      description: grant.reason
    }
  }
]

resource lock 'Microsoft.Authorization/locks@2020-05-01' = if (deletionLock) {
  name: 'keep'
  scope: account
  properties: {
    level: 'CanNotDelete'
    notes: 'This account holds data. To delete the account, remove this lock first.'
  }
}

@description('Name of the account.')
output name string = account.name

@description('Resource id of the account.')
output resourceId string = account.id
