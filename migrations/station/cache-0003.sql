-- Which rows have left the scope is asked with every page: without an index the answer reads the whole table, documents included.

CREATE INDEX held_left_scope ON held (life, tbl, pk) WHERE left_scope = 1;
