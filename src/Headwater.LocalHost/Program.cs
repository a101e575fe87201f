using Headwater.LocalHost;

using StopSignals signals = StopSignals.Listen();
return await HostCommand.RunAsync(args, signals);
