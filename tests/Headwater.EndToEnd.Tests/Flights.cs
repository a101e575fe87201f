namespace Headwater.EndToEnd.Tests;

/// <summary>A small stream with a schema, and three of its events in every supported format.</summary>
internal static class Flights
{
    public const string Settings =
        """
        {"schema":{"type":"record","name":"Flight","doc":"A flight.","fields":[
          {"name":"origin","type":"string"},
          {"name":"delay","type":"int"},
          {"name":"note","type":["null","string"],"default":null}]}}
        """;

    public const string Json =
        """
        [{"key":"SEA","value":{"origin":"SEA","delay":-3,"note":"early"}},
         {"key":"OAK","value":{"origin":"OAK","delay":12,"note":null}},
         {"key":"SEA","value":{"origin":"SEA","delay":0,"note":"ünïcode ✈"}}]
        """;

    public const string NdJson =
        """
        {"key":"SEA","value":{"origin":"SEA","delay":-3,"note":"early"}}
        {"key":"OAK","value":{"origin":"OAK","delay":12,"note":null}}
        {"key":"SEA","value":{"origin":"SEA","delay":0,"note":"ünïcode ✈"}}
        """;

    public const string CloudEventBatch =
        """
        [{"specversion":"1.0","id":"1","source":"/test","type":"Flight","partitionkey":"SEA","data":{"origin":"SEA","delay":-3,"note":"early"}},
         {"specversion":"1.0","id":"2","source":"/test","type":"Flight","partitionkey":"OAK","data":{"origin":"OAK","delay":12,"note":null}},
         {"specversion":"1.0","id":"3","source":"/test","type":"Flight","partitionkey":"SEA","data":{"origin":"SEA","delay":0,"note":"ünïcode ✈"}}]
        """;

    public static IReadOnlyList<string> Keys { get; } = ["SEA", "OAK", "SEA"];

    public static IReadOnlyList<string> Values { get; } =
    [
        """{"origin":"SEA","delay":-3,"note":"early"}""",
        """{"origin":"OAK","delay":12,"note":null}""",
        """{"origin":"SEA","delay":0,"note":"ünïcode ✈"}""",
    ];
}
