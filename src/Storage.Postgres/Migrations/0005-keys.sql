-- Secrets that are created once and that all nodes read, such as the keys of receipts.
CREATE TABLE keys (
    name        text PRIMARY KEY,
    content     text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
