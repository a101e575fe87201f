metadata name = 'Function app on Flex Consumption'
metadata description = 'A .NET isolated app that scales to zero, reaches storage and telemetry through one user-assigned identity, and accepts only HTTPS.'

@description('Required. Name of the app, globally unique.')
param name string

@description('Required. Region; not every region offers Flex Consumption.')
param location string

@description('Required. Tags of the plan.')
param tags { *: string }

@description('Required. Tags of the app; azd finds it by azd-service-name.')
param appTags { *: string }

@description('Required. Resource id of the app\'s identity.')
param identityId string

@description('Required. Account of the Functions host: deployment package, keys, leases of timers.')
param hostStorageAccountName string

@description('Required. Container of the deployment package in the host\'s account.')
param deploymentContainerName string

@description('Required. Application settings. They must not contain settings that Flex Consumption makes itself (worker runtime, runtime version).')
param appSettings { *: string }

@description('Optional. Memory of an instance in MB; determines the bill. Default 2048.')
param instanceMemoryMB (2048 | 4096) = 2048

@description('Optional. Maximum number of instances; limits the cost. Default 40, the lowest number that the service accepts.')
@minValue(40)
@maxValue(1000)
param maximumInstances int = 40

@description('Optional. Instances kept warm for HTTP; each is billed continuously. Default 0.')
@minValue(0)
param alwaysReadyHttp int = 0

@description('Optional. Concurrent requests per instance before another instance is added. Default 64: appends wait for storage, and appends that wait together share a call.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 64

@description('Optional. Resource id of the subnet for the app\'s outbound calls, delegated to Microsoft.App/environments. Default none.')
param subnetId string?

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: hostStorageAccountName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: appTags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    clientAffinityEnabled: false
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostStorage.properties.primaryEndpoints.blob}${deploymentContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReadyHttp > 0 ? [{ name: 'http', instanceCount: alwaysReadyHttp }] : []
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
    siteConfig: {
      ftpsState: 'Disabled'
      http20Enabled: true
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: appSettings
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

@description('Name of the app.')
output name string = app.name

@description('Resource id of the app.')
output resourceId string = app.id

@description('URL of the app.')
output uri string = 'https://${app.properties.defaultHostName}'
