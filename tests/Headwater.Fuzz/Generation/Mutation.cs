using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Headwater.Fuzz.Generation;

/// <summary>Changes valid inputs a little.</summary>
internal static class Mutation
{
    private const string Hole = "\"\\u0001hole\\u0001\"";

    private const string OddName = "\u0001odd";

    private static readonly string[] Literals =
    [
        "null", "true", "0", "-0", "1", "-1", "1.0", "1e3", "1e400", "1e-400", "2147483648", "-2147483649", "9223372036854775808", "0.1", "12345678901234567890.5",
        "\"\"", "\"a\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1}", "{\"\":0}", "{\"long\":1}", "{\"string\":\"a\"}", "{\"a\":1,\"a\":2}",
    ];

    /// <summary>Replaces, deletes, doubles or renames up to three parts of a JSON text. A text that is not JSON changes as bytes do.</summary>
    public static byte[] Json(Draw draw, string json)
    {
        if (draw.OneIn(6))
        {
            return Bytes(draw, Encoding.UTF8.GetBytes(json));
        }

        JsonNode? root = Parse(json);
        for (int i = 1 + draw.Below(3); i > 0 && root is not null; i--)
        {
            root = Change(draw, root);
        }

        // A token in place of the literal lets the text contain what no tree can: two equal names, a lone surrogate, a number beyond every range.
        string text = root?.ToJsonString() ?? "null";
        while (text.Contains(Hole, StringComparison.Ordinal))
        {
            int at = text.IndexOf(Hole, StringComparison.Ordinal);
            text = text[..at] + draw.Pick<string>(Literals) + text[(at + Hole.Length)..];
        }

        return Encoding.UTF8.GetBytes(text.Replace("\\u0001odd", draw.Pick("\\ud800", "\\udc00", "", "\\u0000"), StringComparison.Ordinal));
    }

    /// <summary>Flips, deletes, inserts, doubles or cuts some bytes.</summary>
    public static byte[] Bytes(Draw draw, byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (int i = 1 + draw.Below(4); i > 0 && changed.Count > 0; i--)
        {
            int at = draw.OneIn(3) ? draw.Below(Math.Min(changed.Count, 64)) : draw.Below(changed.Count);
            int length = Math.Min(1 + draw.Below(8), changed.Count - at);
            switch (draw.Below(7))
            {
                case 0:
                    changed[at] ^= (byte)(1 << draw.Below(8));
                    break;
                case 1:
                    changed[at] = draw.Pick<byte>(0, 1, 0x7f, 0x80, 0xff, (byte)'"', (byte)'{', (byte)'\n', 0xc0);
                    break;
                case 2:
                    changed.RemoveRange(at, length);
                    break;
                case 3:
                    changed.InsertRange(at, draw.Bytes(length));
                    break;
                case 4:
                    changed.InsertRange(at, changed.GetRange(at, length));
                    break;
                case 5 when draw.OneIn(3):
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                default:
                    changed[at] = (byte)(changed[at] + draw.Pick(1, -1, 2, 64));
                    break;
            }
        }

        return [.. changed];
    }

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonNode Change(Draw draw, JsonNode root)
    {
        List<JsonNode> places = [];
        Collect(root, places);
        if (places.Count == 0)
        {
            return HoleNode();
        }

        JsonNode place = draw.Pick(places.ToArray());
        switch (place)
        {
            case JsonObject { Count: > 0 } members:
                string name = draw.Pick(members.Select(m => m.Key).ToArray());
                ChangeMember(draw, members, name);
                break;
            case JsonArray { Count: > 0 } items:
                ChangeItem(draw, items, draw.Below(items.Count));
                break;
            case JsonObject members:
                members[draw.Text()] = HoleNode();
                break;
            case JsonArray items:
                items.Add(HoleNode());
                break;
        }

        return root;
    }

    private static void ChangeMember(Draw draw, JsonObject members, string name)
    {
        switch (draw.Below(6))
        {
            case 0:
                members.Remove(name);
                break;
            case 1:
                JsonNode? value = members[name]?.DeepClone();
                members.Remove(name);
                members[draw.OneIn(2) ? draw.Name() : draw.Text()] = value;
                break;
            case 2:
                members[draw.OneIn(4) ? OddName : draw.Name()] = HoleNode();
                break;
            case 3:
                JsonNode? renamed = members[name]?.DeepClone();
                members.Remove(name);
                members[name + OddName] = renamed;
                break;
            case 4:
                members[name] = draw.Text();
                break;
            default:
                members[name] = HoleNode();
                break;
        }
    }

    private static void ChangeItem(Draw draw, JsonArray items, int at)
    {
        switch (draw.Below(4))
        {
            case 0:
                items.RemoveAt(at);
                break;
            case 1:
                items.Add(items[at]?.DeepClone());
                break;
            case 2:
                items[at] = draw.Text();
                break;
            default:
                items[at] = HoleNode();
                break;
        }
    }

    private static JsonValue HoleNode() => JsonValue.Create("\u0001hole\u0001");

    private static void Collect(JsonNode? node, List<JsonNode> into)
    {
        switch (node)
        {
            case JsonObject members:
                into.Add(members);
                foreach ((_, JsonNode? member) in members)
                {
                    Collect(member, into);
                }

                break;
            case JsonArray items:
                into.Add(items);
                foreach (JsonNode? item in items)
                {
                    Collect(item, into);
                }

                break;
        }
    }
}
