namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>
/// The tables and views of SQLite's schema under the same names. Lists and neighbors are partitioned by version: a version is loaded into a table of its own
/// that no reader sees, attached once it is whole, and goes away as a table. Views of the current version name its number by a subquery, by which the server
/// leaves out all other partitions.
/// </summary>
internal static class PostgresOutputSchema
{
    public const string Part = "output";

    /// <summary>Appended only: a script that was released is never changed.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE versions (
            version text COLLATE "C" PRIMARY KEY,
            number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
            run_id text NOT NULL,
            created timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('staged', 'current', 'retired', 'rejected')),
            rows bigint NOT NULL,
            users bigint NOT NULL,
            options_hash text NOT NULL,
            window_from text NOT NULL,
            window_to text NOT NULL,
            metrics jsonb NOT NULL,
            manifest_sha256 text NOT NULL);
        CREATE UNIQUE INDEX versions_one_current ON versions (state) WHERE state = 'current';

        CREATE TABLE user_recommendations_rows (
            number integer NOT NULL,
            user_id text COLLATE "C" NOT NULL,
            rank integer NOT NULL,
            item_id text COLLATE "C" NOT NULL,
            score real NOT NULL,
            relevance real NOT NULL,
            diversity_gain real NOT NULL,
            reason_code text NOT NULL,
            reason_items text NOT NULL,
            source text NOT NULL,
            propensity real NOT NULL) PARTITION BY LIST (number);
        CREATE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity
            FROM user_recommendations_rows r WHERE r.number = (SELECT v.number FROM versions v WHERE v.state = 'current');

        CREATE TABLE segment_defaults_rows (
            number integer NOT NULL,
            segment text COLLATE "C" NOT NULL,
            rank integer NOT NULL,
            item_id text COLLATE "C" NOT NULL,
            score double precision NOT NULL,
            PRIMARY KEY (number, segment, rank));
        CREATE VIEW segment_defaults AS
            SELECT v.version, r.segment, r.rank, r.item_id, r.score
            FROM versions v JOIN segment_defaults_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_segment_defaults AS
            SELECT r.segment, r.rank, r.item_id, r.score
            FROM versions v JOIN segment_defaults_rows r ON r.number = v.number WHERE v.state = 'current';

        CREATE TABLE item_neighbors_rows (
            number integer NOT NULL,
            item_id text COLLATE "C" NOT NULL,
            source text COLLATE "C" NOT NULL,
            rank integer NOT NULL,
            neighbor_id text COLLATE "C" NOT NULL,
            score real NOT NULL) PARTITION BY LIST (number);
        CREATE VIEW item_neighbors AS
            SELECT v.version, r.item_id, r.source, r.rank, r.neighbor_id, r.score
            FROM versions v JOIN item_neighbors_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_item_neighbors AS
            SELECT r.item_id, r.source, r.rank, r.neighbor_id, r.score
            FROM item_neighbors_rows r WHERE r.number = (SELECT v.number FROM versions v WHERE v.state = 'current');

        CREATE TABLE item_titles (
            item_id text COLLATE "C" PRIMARY KEY,
            title text COLLATE "C",
            category text,
            price double precision,
            search_text text NOT NULL);
        """,
        "ALTER TABLE versions ADD COLUMN base_version text NOT NULL DEFAULT ''",
        "ALTER TABLE versions ADD COLUMN rolled_back boolean NOT NULL DEFAULT false",
        // How often what is said of items changed, and how often it had when a version first became current; null: it never did.
        """
        CREATE TABLE titles_revision (revision bigint NOT NULL);
        INSERT INTO titles_revision VALUES (0);
        ALTER TABLE versions ADD COLUMN titles_revision bigint;
        UPDATE versions SET titles_revision = 0;
        """,
        "ALTER TABLE versions ADD COLUMN forgotten integer NOT NULL DEFAULT 0",
        // The rule that put an entry there; empty: none. Views are replaced, not made again, so that whoever may read them may still.
        """
        ALTER TABLE user_recommendations_rows ADD COLUMN promoted text NOT NULL DEFAULT '';
        CREATE OR REPLACE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity,
                r.promoted
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE OR REPLACE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity, r.promoted
            FROM user_recommendations_rows r WHERE r.number = (SELECT v.number FROM versions v WHERE v.state = 'current');
        """,
        // The probability of a predicted category; null: it is the shop's own.
        "ALTER TABLE item_titles ADD COLUMN category_confidence double precision",
        // Which features of the ranker carried an entry, and their shares with that of all others behind them; null: no ranker put it there.
        """
        ALTER TABLE user_recommendations_rows ADD COLUMN reason_features text;
        ALTER TABLE user_recommendations_rows ADD COLUMN reason_shares text;
        CREATE OR REPLACE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity,
                r.promoted, r.reason_features, r.reason_shares
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE OR REPLACE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity, r.promoted,
                r.reason_features, r.reason_shares
            FROM user_recommendations_rows r WHERE r.number = (SELECT v.number FROM versions v WHERE v.state = 'current');
        """,
    ];
}
