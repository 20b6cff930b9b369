"""Lambda runtimes: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html."""

from __future__ import annotations

from datetime import date

RUNTIME_SUPPORT_ENDS = {
    **dict.fromkeys(
        "nodejs nodejs4.3 nodejs4.3-edge nodejs6.10 nodejs8.10 nodejs10.x nodejs12.x nodejs14.x nodejs16.x "
        "python2.7 python3.6 python3.7 python3.8 dotnetcore1.0 dotnetcore2.0 dotnetcore2.1 dotnetcore3.1 "
        "dotnet5.0 dotnet6 dotnet7 java8 go1.x ruby2.5 ruby2.7 provided".split(),
        date(2024, 12, 20),
    ),
    "nodejs18.x": date(2025, 9, 1),
    "nodejs20.x": date(2026, 4, 30),
    "nodejs22.x": date(2027, 4, 30),
    "nodejs24.x": date(2028, 4, 30),
    "python3.9": date(2025, 12, 15),
    "python3.10": date(2026, 10, 31),
    "python3.11": date(2027, 6, 30),
    "python3.12": date(2028, 10, 31),
    "python3.13": date(2029, 6, 30),
    "python3.14": date(2029, 6, 30),
    "ruby3.2": date(2026, 3, 31),
    "ruby3.3": date(2027, 3, 31),
    "ruby3.4": date(2028, 3, 31),
    "dotnet8": date(2026, 11, 10),
    "dotnet10": date(2028, 11, 14),
    "provided.al2": date(2026, 7, 31),
}
"""The last day of AWS's support by runtime, as its developer guide tells; those before 2025 ended on that day or
earlier. A runtime that isn't listed here is newer than this list, and supported."""
