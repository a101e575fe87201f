metadata name = 'Action group'
metadata description = 'Who is told when an alert fires.'

@description('Required. Name of the group.')
param name string

@description('Required. Tags of the group.')
param tags { *: string }

@description('Required. E-mail addresses; no more than a thousand.')
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'headwater'
    emailReceivers: [for (email, at) in emails: { name: 'mail-${at}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

@description('Resource id of the group.')
output resourceId string = group.id
