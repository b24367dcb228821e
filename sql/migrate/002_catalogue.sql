-- SPDX-License-Identifier: Apache-2.0
--
-- The catalogue: measures, exercises, protocols and their published versions. It belongs to no clinic. Documents are kept as the exact
-- text that is served, so that what a decision rested on can be shown byte for byte years later.

SET LOCAL ROLE rehab_owner;

CREATE TABLE catalogue.measure (
    code       text PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('number', 'boolean', 'ordinal')),
    unit       text NOT NULL,           -- UCUM; empty for booleans and ordinals without one
    low_nano   int8 NOT NULL,           -- bounds and step in billionths of the unit
    high_nano  int8 NOT NULL,
    step_nano  int8 NOT NULL CHECK (step_nano >= 0),
    sided      bool NOT NULL,
    direction  int2 NOT NULL CHECK (direction IN (-1, 0, 1)),
    from_vas   bool NOT NULL,
    labels     text[] NOT NULL,         -- of an ordinal, lowest first
    document   text NOT NULL,
    etag       text NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (low_nano <= high_nano),
    CHECK ((kind = 'ordinal') = (cardinality(labels) > 0))
);

CREATE TABLE catalogue.exercise (
    id         text PRIMARY KEY,
    document   text NOT NULL,
    etag       text NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE catalogue.protocol (
    id         text PRIMARY KEY,
    created_at timestamptz NOT NULL
);

CREATE TABLE catalogue.protocol_version (
    protocol     text NOT NULL REFERENCES catalogue.protocol,
    version      int4 NOT NULL CHECK (version >= 1),
    state        text NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    document     text NOT NULL,
    compiled     bytea NOT NULL,        -- the block of librehab, made from the document
    etag         text NOT NULL,
    created_at   timestamptz NOT NULL,
    published_at timestamptz,
    retired_at   timestamptz,
    PRIMARY KEY (protocol, version),
    CHECK ((state = 'draft') = (published_at IS NULL)),
    CHECK ((state = 'retired') = (retired_at IS NOT NULL))
);

REVOKE ALL ON ALL TABLES IN SCHEMA catalogue FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON catalogue.measure, catalogue.exercise TO rehab_service;
GRANT SELECT, INSERT ON catalogue.protocol, catalogue.protocol_version TO rehab_service;

-- A version's document never changes once it is written: there is no grant to change it. Its life may move on, and a newer
-- release of the service may compile the same document into a newer form of block.
GRANT UPDATE (state, published_at, retired_at, compiled) ON catalogue.protocol_version TO rehab_service;

RESET ROLE;
