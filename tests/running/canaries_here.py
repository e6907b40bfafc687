"""What may turn up nowhere outside the database: parts of every name, number and phone in the small hospital."""

CANARIES = ("Kanarienvogel", "555-0134-KAN", "MRN-KAN")
