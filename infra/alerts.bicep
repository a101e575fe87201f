metadata name = 'Alerts of Headwater'
metadata description = 'Queries over the telemetry that fire when an operator should act.'

import { alert } from '../bicep/monitoring/log-alerts.bicep'

// The Functions host measures the same requests under the same name but without a route, and some that never reach the app: the greater count is right.
@export()
@description('Queries over the app\'s own metrics and traces. A query returns a row exactly when its alert should fire.')
var alerts alert[] = [
  {
    name: 'poison'
    description: 'A message could not be appended and is in a poison queue. GET /appends/poison shows the reason; repair the cause, then POST /appends/poison/redrive.'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: '''
      union
        (AppMetrics | where Name == 'headwater.queue.handled' and Properties.outcome == 'poisoned' | summarize Messages = sum(Sum)),
        (AppTraces | where Message has 'Moving message to queue' and Message has 'poison' | summarize Messages = todouble(count()))
      | summarize Messages = sum(Messages)
      | where Messages > 0
      '''
  }
  {
    name: 'server-errors'
    description: 'Requests fail with 5xx. Check error.type of the same metric: storage_unavailable and append_unknown point to storage, internal_error to the app.'
    severity: 1
    every: 'PT5M'
    window: 'PT15M'
    query: '''
      AppMetrics
      | where Name == 'http.server.request.duration' and toint(Properties['http.response.status_code']) >= 500
      | summarize Requests = sum(ItemCount) by IsOurs = isnotempty(Properties['http.route'])
      | summarize Requests = max(Requests)
      | where Requests > 5
      '''
  }
  {
    name: 'overloaded'
    description: 'Producers get 429: an instance has reached its limit of waiting bytes. Lower httpConcurrency or raise maximumInstances.'
    severity: 2
    every: 'PT15M'
    window: 'PT30M'
    query: '''
      AppMetrics
      | where Name == 'http.server.request.duration' and toint(Properties['http.response.status_code']) == 429
      | summarize Requests = sum(ItemCount) by IsOurs = isnotempty(Properties['http.route'])
      | summarize Requests = max(Requests)
      | where Requests > 100
      '''
  }
  {
    name: 'append-latency'
    description: 'Appends take more than half a second on average. Storage is slow, a partition has too many writers, or instances start cold.'
    severity: 2
    every: 'PT15M'
    window: 'PT30M'
    query: '''
      AppMetrics
      | where Name == 'http.server.request.duration' and Properties['http.request.method'] == 'POST' and Properties['http.route'] endswith '/events'
      | summarize Seconds = sum(Sum), Requests = sum(ItemCount)
      | where Requests >= 20 and Seconds > 0.5 * Requests
      '''
  }
  {
    name: 'maintenance-overdue'
    description: 'A timer has not finished its due work for six hours. Segments are not sealed, deleted or compacted, checkpoints grow old and start-up slows down. Look for its failures.'
    severity: 2
    every: 'PT1H'
    window: 'PT6H'
    query: '''
      datatable(Timer: string) ['checkpoint', 'copy-groups', 'seal', 'retain', 'compact']
      | join kind=leftanti (
          AppMetrics
          | where Name == 'headwater.timer.runs' and tobool(Properties.finished)
          | distinct Timer = tostring(Properties.timer)
        ) on Timer
      '''
  }
]
