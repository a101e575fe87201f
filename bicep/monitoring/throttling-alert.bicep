metadata name = 'Alert on throttled storage'
metadata description = 'Fires when a storage account rejects calls because it is busy or over its limits.'

@description('Required. Name of the rule.')
param name string

@description('Required. Tags of the rule.')
param tags { *: string }

@description('Required. Resource id of the storage account.')
param storageAccountId string

@description('Optional. Number of rejected calls in 15 minutes above which the alert fires. Default 50: single rejections are retried and have no effect.')
@minValue(0)
param threshold int = 50

@description('Optional. Resource ids of the action groups to notify. Default none.')
param actionGroupIds string[] = []

resource rule 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: 'Storage rejects calls. Appends slow down and finally get 503. Use more partitions, or fewer and larger requests; check the account\'s limits.'
    severity: 2
    enabled: true
    autoMitigate: true
    scopes: [storageAccountId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'throttled'
          metricNamespace: 'Microsoft.Storage/storageAccounts'
          metricName: 'Transactions'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: threshold
          dimensions: [
            {
              name: 'ResponseType'
              operator: 'Include'
              values: [
                'ClientAccountBandwidthThrottlingError'
                'ClientAccountRequestThrottlingError'
                'ClientThrottlingError'
                'ServerBusyError'
                'SuccessWithThrottling'
              ]
            }
          ]
        }
      ]
    }
    actions: [for (_, at) in actionGroupIds: { actionGroupId: actionGroupIds[at] }]
  }
}
