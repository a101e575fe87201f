metadata name = 'Private DNS zone'
metadata description = 'A zone that resolves a service\'s public name to its private address within one virtual network.'

@description('Required. Name of the zone, as the service prescribes it.')
param name string

@description('Required. Tags of the zone.')
param tags { *: string }

@description('Required. Resource id of the network that uses the zone.')
param networkId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'network'
    location: 'global'
    tags: tags
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: networkId }
    }
  }
}

@description('Resource id of the zone.')
output resourceId string = zone.id
