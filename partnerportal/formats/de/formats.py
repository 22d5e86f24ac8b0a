"""As in English: the month in letters, hours to 24."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j. N Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j. N Y, H:i"
TIME_FORMAT = "H:i"
