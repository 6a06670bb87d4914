"""Voices that come from elsewhere: installed with distrust, several versions side by side, verified, removed."""
