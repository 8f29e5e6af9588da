-- Who closes an alarm says why; the answer stays beside it until it is raised again.
ALTER TABLE alarm ADD COLUMN closed_reason TEXT;
ALTER TABLE alarm ADD COLUMN closed_note TEXT;
