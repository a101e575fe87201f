metadata name = 'Private network of Headwater'
metadata description = 'A virtual network with endpoints of both storage accounts, so that neither must be open to the internet.'

@description('Required. Name of the environment.')
param environmentName string

@description('Required. Region.')
param location string

@description('Required. Tags of everything.')
param tags { *: string }

@description('Required. Addresses of the network.')
param addressPrefix string

@description('Required. Resource id of the log\'s storage account.')
param logStorageId string

@description('Required. Resource id of the Functions host\'s storage account.')
param hostStorageId string

var services = ['blob', 'queue', 'table']

module network '../bicep/network/virtual-network.bicep' = {
  params: {
    name: 'vnet-headwater-${environmentName}'
    location: location
    tags: tags
    addressPrefix: addressPrefix
  }
}

module zones '../bicep/network/private-dns-zone.bicep' = [
  for service in services: {
    params: {
      name: 'privatelink.${service}.${environment().suffixes.storage}'
      tags: tags
      networkId: network.outputs.resourceId
    }
  }
]

// One at a time: a subnet rejects concurrent changes.
@batchSize(1)
module logEndpoints '../bicep/network/private-endpoint.bicep' = [
  for (service, at) in services: {
    params: {
      name: 'pe-headwater-${environmentName}-log-${service}'
      location: location
      tags: tags
      subnetId: network.outputs.endpointSubnetId
      targetId: logStorageId
      service: service
      zoneId: zones[at].outputs.resourceId
    }
  }
]

// Blobs only: no trigger of this app needs the host account's queues or tables.
module hostEndpoint '../bicep/network/private-endpoint.bicep' = {
  params: {
    name: 'pe-headwater-${environmentName}-host-blob'
    location: location
    tags: tags
    subnetId: network.outputs.endpointSubnetId
    targetId: hostStorageId
    service: 'blob'
    zoneId: zones[0].outputs.resourceId
  }
  dependsOn: [logEndpoints]
}

@description('Resource id of the subnet for the app\'s outbound calls.')
output appSubnetId string = network.outputs.appSubnetId
