"""Independent replay of certificates: nothing here knows how one was found, and nothing of retrodict is used."""
