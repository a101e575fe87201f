using Headwater.LocalHost.Emulator;

namespace Headwater.LocalHost.Tests;

/// <summary>Parses the log output of Azurite 3.37.0.</summary>
public sealed class AzuriteLogTests
{
    private const string Started =
        """
        Azurite Blob service is starting at http://127.0.0.1:0
        Azurite Blob service is successfully listening at http://127.0.0.1:46419
        Azurite Queue service is starting at http://127.0.0.1:0
        Azurite Queue service is successfully listening at http://127.0.0.1:43585
        Azurite Table service is starting at http://127.0.0.1:0
        Azurite Table service is successfully listening at http://127.0.0.1:37283
        """;

    [Fact]
    public void The_three_ports_are_read() => Assert.Equal(new AzuritePorts(46419, 43585, 37283), AzuriteLog.Ports(Started));

    [Fact]
    public void Two_ports_are_not_enough() => Assert.Null(AzuriteLog.Ports(Started[..Started.LastIndexOf('\n')]));

    [Fact]
    public void A_taken_port_is_the_complaint() => Assert.Equal(
        "Exit due to unhandled error: listen EADDRINUSE: address already in use 127.0.0.1:10000",
        AzuriteLog.Complaint(
            "Azurite Blob service is starting at http://127.0.0.1:10000\n"
            + "Exit due to unhandled error: listen EADDRINUSE: address already in use 127.0.0.1:10000\n"));
}
