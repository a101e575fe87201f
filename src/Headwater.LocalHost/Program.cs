using Headwater.LocalHost;
using Headwater.LocalHost.Serving;

using StopSignals signals = StopSignals.Listen();
return await HostCommand.RunAsync(args, signals);
