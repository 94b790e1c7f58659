-- A row that is large, or may be: its JSON, or an exclamation mark and its key when the JSON is
-- longer than what is captured. In: the key; the JSON, null when it is known to be too long to be
-- written at all; the most bytes.
BEGIN
  IF image IS NULL OR octet_length(image) > most THEN
    RETURN '!' || key::text;
  END IF;
  RETURN image;
END
