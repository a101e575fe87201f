using System.Buffers.Binary;
using Headwater.Log.Ports;

namespace Headwater.Testing;

/// <summary>Random bytes that depend only on the seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014; reference code by Vigna, prng.di.unimi.it).</summary>
public sealed class SeededRandomness(ulong seed) : Randomness
{
    private ulong _state = seed;

    public ulong Seed { get; } = seed;

    public override void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        while (!bytes.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextWord());
            int taken = Math.Min(word.Length, bytes.Length);
            word[..taken].CopyTo(bytes);
            bytes = bytes[taken..];
        }
    }

    public ulong NextWord()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, <paramref name="bound"/>), by multiplication (Lemire, 2019; the bias is below 2^-32 for the bounds tests use).</summary>
    public int NextBelow(int bound) => (int)(ulong)((UInt128)NextWord() * (uint)bound >> 64);
}
