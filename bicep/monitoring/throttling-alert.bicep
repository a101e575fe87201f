metadata name = 'Alert on throttled storage'
metadata description = 'Fires when a storage account turns calls away because it is busy or past its limits.'

@description('Required. Name of the rule.')
param name string

@description('Required. Tags of the rule.')
param tags { *: string }

@description('Required. Resource id of the storage account.')
param storageAccountId string

@description('Optional. Calls turned away in 15 minutes beyond which it fires. Default 50: single ones are retried unnoticed.')
@minValue(0)
param threshold int = 50

@description('Optional. Resource ids of the action groups that are told. Default none.')
param actionGroupIds string[] = []

resource rule 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    description: 'Storage turns calls away. Appends slow down and answer 503 in the end: more partitions or fewer, larger requests; look at the account\'s limits.'
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
