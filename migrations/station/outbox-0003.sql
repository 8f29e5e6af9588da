-- The server's signature under the checkpoint that was seen: with it the station can prove what the server once said.

ALTER TABLE witness ADD COLUMN sig TEXT NOT NULL DEFAULT '';
