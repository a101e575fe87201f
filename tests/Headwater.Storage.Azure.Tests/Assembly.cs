using Headwater.Testing;

[assembly: AssemblyFixture(typeof(AzuriteFixture))]
