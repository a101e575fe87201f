metadata name = 'Headwater'
metadata description = 'One environment: the log\'s storage, the Function app that serves it, telemetry and alerts, and the grants between them.'

targetScope = 'subscription'

import { alerts } from 'alerts.bicep'

@description('Required. Name of the environment; part of every name.')
@minLength(2)
@maxLength(20)
param environmentName string

@description('Required. Region; it must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Optional. Resource group. Default rg-headwater- followed by the environment name.')
param resourceGroupName string = 'rg-headwater-${environmentName}'

@description('Optional. Tags of every resource, in addition to those that azd needs. Default none.')
param tags { *: string } = {}

@description('Optional. Redundancy of the log. Default Standard_ZRS: survives the loss of a data centre.')
param redundancy ('Standard_LRS' | 'Standard_ZRS' | 'Standard_GZRS') = 'Standard_ZRS'

@description('Optional. Days during which deleted blobs of the log can be restored; 0 turns soft delete off. Default 7.')
@minValue(0)
@maxValue(365)
param softDeleteDays int = 7

@description('Optional. Days without a read after which block blobs (compacted segments) move to a cheaper tier. Default cool after 30, cold after 180.')
param tiering { coolAfterDays: int, coldAfterDays: int } = { coolAfterDays: 30, coldAfterDays: 180 }

@description('Optional. Whether storage is closed to the internet and reached through private endpoints. Default true.')
param privateNetwork bool = true

@description('Optional. Addresses of the private network, at least a /26. Default 10.71.0.0/24.')
param addressPrefix string = '10.71.0.0/24'

@description('Optional. Public IPv4 addresses or ranges that may reach the log\'s storage in addition to the private network: readers of segment URLs, senders to the inbox. Default none.')
param allowedIpRanges string[] = []

@description('Optional. Memory of an instance in MB. Default 2048.')
param instanceMemoryMB (2048 | 4096) = 2048

@description('Optional. Maximum number of instances. Default 40, the lowest number that the service accepts.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Optional. Instances kept warm for HTTP. Default 0: scales to zero.')
@minValue(0)
param alwaysReadyHttp int = 0

@description('Optional. Requests that one instance serves at a time. Default 64.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 64

@description('Optional. Least level of the worker\'s logs. Default Warning: a line at Information for each call of storage is about 3 KB a request.')
param logLevel ('Trace' | 'Debug' | 'Information' | 'Warning' | 'Error' | 'Critical' | 'None') = 'Warning'

@description('Optional. Which segments have URLs for direct access. Default all; with sealed, no URL shows events that are appended after it was given.')
param segmentUrls ('all' | 'sealed') = 'all'

@description('Optional. Streams that the service may have. Default 25000.')
@minValue(1)
param maxStreams int = 25000

@description('Optional. Partitions that all streams may have together. Default 250000.')
@minValue(1)
param maxPartitions int = 250000

@description('Optional. Traces a second that each host process keeps, most of them its own polls and leases. Default 0.5.')
param tracesPerSecond string = '0.5'

@description('Optional. Principals that may put events on queue inbox. Default none.')
param inboxSenders sender[] = []

@description('Optional. E-mail addresses that receive alerts. Default none: alerts appear only in the portal.')
param alertEmails string[] = []

@description('Optional. Days for which telemetry is kept. Default 30.')
@minValue(30)
@maxValue(730)
param telemetryDays int = 30

@description('Optional. Daily limit of telemetry in gigabytes; 0 means no limit. Default 1.')
@minValue(0)
param telemetryDailyCapGb int = 1

@description('Optional. Whether the log\'s account is locked against deletion. Default true.')
param deletionLock bool = true

@description('A principal that sends events.')
type sender = {
  @description('Required. Object id in Entra ID.')
  principalId: string

  @description('Required. Kind of principal.')
  principalType: 'ServicePrincipal' | 'User' | 'Group'

  @description('Required. Name of the sender.')
  name: string
}

// The names in StorageNames; a test compares them.
var containerName = 'streams'
var tableNames = ['streams', 'partitions', 'groups', 'appends']
var ownQueueNames = ['appends', 'appends-poison', 'inbox-poison']
var inboxName = 'inbox'

var token = uniqueString(subscription().id, environmentName, location)
var allTags = union(tags, { 'azd-env-name': environmentName })
var logStorageName = 'sthwlog${token}'
var hostStorageName = 'sthwfn${token}'
var packageContainerName = 'packages'
var byApp = { principalId: identity.outputs.principalId, principalType: 'ServicePrincipal' }
var actionGroupIds = empty(alertEmails) ? [] : [actionGroup!.outputs.resourceId]

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: resourceGroupName
  location: location
  tags: allTags
}

module identity '../bicep/identity/user-assigned.bicep' = {
  scope: group
  params: {
    name: 'id-headwater-${environmentName}'
    location: location
    tags: allTags
  }
}

module monitoring '../bicep/monitoring/workspace.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-headwater-${environmentName}'
    componentName: 'appi-headwater-${environmentName}'
    location: location
    tags: allTags
    retentionDays: telemetryDays
    dailyCapGb: telemetryDailyCapGb
    grants: [{ ...byApp, role: 'Monitoring Metrics Publisher', reason: 'The app sends its telemetry.' }]
  }
}

module hostStorage '../bicep/storage/account.bicep' = {
  scope: group
  params: {
    name: hostStorageName
    location: location
    tags: allTags
    redundancy: redundancy == 'Standard_LRS' ? 'Standard_LRS' : 'Standard_ZRS'
    reach: privateNetwork ? 'Closed' : 'Open'
    softDeleteDays: 0
    deletionLock: false
    grants: [
      { ...byApp, role: 'Storage Blob Data Owner', reason: 'The Functions host keeps its keys, the leases of timers and the deployment package here.' }
    ]
  }
}

module hostContainers '../bicep/storage/containers.bicep' = {
  scope: group
  params: {
    storageAccountName: hostStorageName
    containers: [{ name: packageContainerName, grants: [] }]
  }
  dependsOn: [hostStorage]
}

module logStorage '../bicep/storage/account.bicep' = {
  scope: group
  params: {
    name: logStorageName
    location: location
    tags: allTags
    redundancy: redundancy
    reach: !privateNetwork ? 'Open' : empty(allowedIpRanges) ? 'Closed' : 'Listed'
    allowedIpRanges: allowedIpRanges
    softDeleteDays: softDeleteDays
    trackLastAccess: true
    deletionLock: deletionLock
    grants: [{ ...byApp, role: 'Storage Blob Delegator', reason: 'The app signs read-only URLs of segments; the account issues the key for that.' }]
  }
}

module logContainers '../bicep/storage/containers.bicep' = {
  scope: group
  params: {
    storageAccountName: logStorageName
    containers: [
      {
        name: containerName
        grants: [{ ...byApp, role: 'Storage Blob Data Contributor', reason: 'The app appends, reads, lists, seals and deletes segments.' }]
      }
    ]
  }
  dependsOn: [logStorage]
}

module logTables '../bicep/storage/tables.bicep' = {
  scope: group
  params: {
    storageAccountName: logStorageName
    tables: [
      for name in tableNames: {
        name: name
        grants: [{ ...byApp, role: 'Storage Table Data Contributor', reason: 'The app keeps positions, offsets and outcomes.' }]
      }
    ]
  }
  dependsOn: [logStorage]
}

module logQueues '../bicep/storage/queues.bicep' = {
  scope: group
  params: {
    storageAccountName: logStorageName
    queues: [
      ...map(ownQueueNames, name => {
        name: name
        grants: [{ ...byApp, role: 'Storage Queue Data Contributor', reason: 'The app alone puts, takes, hides and deletes messages.' }]
      })
      {
        name: inboxName
        grants: [
          { ...byApp, role: 'Storage Queue Data Contributor', reason: 'The app takes, hides and deletes messages.' }
          ...map(inboxSenders, sender => {
            role: 'Storage Queue Data Message Sender'
            principalId: sender.principalId
            principalType: sender.principalType
            reason: 'Sends events: ${sender.name}'
          })
        ]
      }
    ]
  }
  dependsOn: [logStorage]
}

module deletionLog '../bicep/storage/deletion-log.bicep' = {
  scope: group
  params: {
    storageAccountName: logStorageName
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [logStorage]
}

module lifecycle '../bicep/storage/lifecycle.bicep' = {
  scope: group
  params: {
    storageAccountName: logStorageName
    containerName: containerName
    coolAfterDays: tiering.coolAfterDays
    coldAfterDays: tiering.coldAfterDays
  }
  dependsOn: [logStorage]
}

module network 'network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    environmentName: environmentName
    location: location
    tags: allTags
    addressPrefix: addressPrefix
    logStorageId: logStorage.outputs.resourceId
    hostStorageId: hostStorage.outputs.resourceId
  }
}

module api '../bicep/functions/flex-app.bicep' = {
  scope: group
  params: {
    name: 'func-headwater-${environmentName}-${token}'
    location: location
    tags: allTags
    appTags: union(allTags, { 'azd-service-name': 'functions' })
    identityId: identity.outputs.resourceId
    hostStorageAccountName: hostStorageName
    deploymentContainerName: packageContainerName
    instanceMemoryMB: instanceMemoryMB
    maximumInstances: maximumInstances
    alwaysReadyHttp: alwaysReadyHttp
    httpConcurrency: httpConcurrency
    subnetId: network.?outputs.appSubnetId
    appSettings: {
      AzureWebJobsStorage__accountName: hostStorageName
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      HeadwaterHttpConcurrency: string(httpConcurrency)
      HeadwaterMaxPartitions: string(maxPartitions)
      HeadwaterMaxStreams: string(maxStreams)
      HeadwaterMemoryMB: string(instanceMemoryMB * 3 / 4)
      HeadwaterStorage__accountName: logStorageName
      HeadwaterStorage__credential: 'managedidentity'
      HeadwaterStorage__clientId: identity.outputs.clientId
      HeadwaterLogLevel: logLevel
      HeadwaterSegmentUrls: segmentUrls
      OTEL_TRACES_SAMPLER: 'microsoft.rate_limited'
      OTEL_TRACES_SAMPLER_ARG: tracesPerSecond
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
    }
  }
  dependsOn: [hostContainers, logContainers, logTables, logQueues]
}

module actionGroup '../bicep/monitoring/action-group.bicep' = if (!empty(alertEmails)) {
  scope: group
  params: {
    name: 'ag-headwater-${environmentName}'
    tags: allTags
    emails: alertEmails
  }
}

module telemetryAlerts '../bicep/monitoring/log-alerts.bicep' = {
  scope: group
  params: {
    namePrefix: 'headwater-${environmentName}'
    location: location
    tags: allTags
    workspaceId: monitoring.outputs.workspaceId
    alerts: alerts
    actionGroupIds: actionGroupIds
  }
}

module throttlingAlert '../bicep/monitoring/throttling-alert.bicep' = {
  scope: group
  params: {
    name: 'headwater-${environmentName}-throttling'
    tags: allTags
    storageAccountId: logStorage.outputs.resourceId
    actionGroupIds: actionGroupIds
  }
}

@description('Region; azd keeps it with the environment.')
output AZURE_LOCATION string = location

@description('Resource group; azd keeps it with the environment.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Name of the Function app.')
output FUNCTION_APP_NAME string = api.outputs.name

@description('URL of the HTTP API.')
output HEADWATER_URL string = api.outputs.uri

@description('Name of the log\'s storage account.')
output LOG_STORAGE_ACCOUNT string = logStorageName
