metadata name = 'Alerts of Headwater'
metadata description = 'What is asked of the telemetry, and when somebody should look.'

import { alert } from '../bicep/monitoring/log-alerts.bicep'

// The Functions host measures the same requests under the same name, without a route, and some that the app never sees: the greater count is that of requests.
@export()
@description('Queries over what the app itself counts and traces; each answers with a row exactly when it should fire.')
var alerts alert[] = [
  {
    name: 'poison'
    description: 'A message could not be appended and lies in a poison queue. GET /appends/poison says why; repair the cause, then POST /appends/poison/redrive.'
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
    description: 'Requests end in 5xx. Look at error.type of the same metric: storage_unavailable and append_unknown point to storage, internal_error to the app.'
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
    description: 'Producers are turned away with 429: an instance holds as many waiting bytes as it may. Lower httpConcurrency or raise maximumInstances.'
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
    description: 'Appends take half a second in the mean. Storage is slow, a partition has too many writers, or instances start cold.'
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
    description: 'A timer has not done all that was due for six hours: segments are not sealed, let go or compacted, checkpoints grow old and start-up slow. Look for its failures.'
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
