Console.WriteLine("headwater");
