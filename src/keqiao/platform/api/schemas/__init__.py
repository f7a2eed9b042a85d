"""What the interface takes and gives. Amounts are exact texts with their unit (``8000万元``), never floats."""
