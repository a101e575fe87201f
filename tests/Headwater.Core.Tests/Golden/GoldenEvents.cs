using System.Text.Json.Nodes;

namespace Headwater.Core.Tests.Golden;

/// <summary>The events of the golden segments as every Avro reader must read them; bytes and fixed values are in hexadecimal.</summary>
internal static class GoldenEvents
{
    public static JsonNode?[] All { get; } =
    [
        .. new[]
        {
            """
            {"offset":100,"appended":1767323045678901,"time":-1,"key":"DTW","headers":{"ce_id":"a-1","trace":"€"},
             "batch":{"id":"0102030405060708090a0b0c0d0e0f10","request":"1112131415161718191a1b1c1d1e1f20",
              "digest":"2122232425262728292a2b2c2d2e2f30","producer":null,"epoch":0,"sequence":0,"count":3,"crc":"b493e1c8"},
             "value":{"origin":"DTW","delay":-5,"distance":407.25}}
            """,
            """
            {"offset":101,"appended":1767323045678901,"time":978307200000000,"key":"","headers":{},"batch":null,
             "value":{"origin":"HNL","delay":2000000,"distance":null}}
            """,
            """
            {"offset":102,"appended":1767323045678901,"time":null,"key":"LAS","headers":{"why":"closed"},"batch":null,"value":null}
            """,
            """
            {"offset":103,"appended":1767323045678901,"time":null,"key":null,"headers":{},
             "batch":{"id":"3132333435363738393a3b3c3d3e3f40","request":null,"digest":null,"producer":"loader-7","epoch":5,
              "sequence":1000000,"count":2,"crc":"1d269ee6"},
             "value":{"origin":"OAK","delay":1,"distance":0}}
            """,
            """
            {"offset":104,"appended":1767323045678901,"time":0,"key":"OAK","headers":{"":""},"batch":null,
             "value":{"origin":"","delay":-2147483648,"distance":1.7976931348623157E308}}
            """,
            """
            {"offset":105,"appended":1767323045678902,"time":null,"key":null,"headers":{},
             "batch":{"id":"4142434445464748494a4b4c4d4e4f50","request":null,"digest":null,"producer":null,"epoch":0,"sequence":0,
              "count":1,"crc":"95814d3f"},
             "value":{"origin":"SEA","delay":0,"distance":null}}
            """,
        }.Select(text => JsonNode.Parse(text)),
    ];

    public static void AssertAll(IEnumerable<JsonNode?> read)
    {
        JsonNode?[] actual = [.. read];
        Assert.Equal(All.Length, actual.Length);
        for (int i = 0; i < All.Length; i++)
        {
            Assert.True(JsonNode.DeepEquals(All[i], actual[i]), $"Expected {All[i]?.ToJsonString()}, got {actual[i]?.ToJsonString()}");
        }
    }
}
