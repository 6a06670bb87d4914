"""Singing what is played at this moment, note by note, and turning controls meanwhile."""
