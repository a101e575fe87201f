metadata name = 'Virtual network'
metadata description = 'Two subnets: one for the app\'s outbound calls, one for private endpoints.'

@description('Required. Name of the network.')
param name string

@description('Required. Region.')
param location string

@description('Required. Tags of the network.')
param tags { *: string }

@description('Optional. Addresses of the network; the first half is for the app, the second for the endpoints. Default 10.71.0.0/24; at least a /26.')
param addressPrefix string = '10.71.0.0/24'

var half = parseCidr(addressPrefix).cidr + 1

resource network 'Microsoft.Network/virtualNetworks@2025-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'app'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, half, 0)
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, half, 1)
          defaultOutboundAccess: false
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

@description('Resource id of the network.')
output resourceId string = network.id

@description('Resource id of the subnet for the app\'s outbound calls.')
output appSubnetId string = network.properties.subnets[0].id

@description('Resource id of the subnet for private endpoints.')
output endpointSubnetId string = network.properties.subnets[1].id
