namespace Recsys.Batch.Pipeline.Publish.Sqlite;

/// <summary>
/// Rows carry a small number instead of the version's name; the views that downstream reads put the name back. <c>T</c> shows every complete
/// version with its name, <c>current_T</c> only the current one, without it. A list's key is ordered, so a user's list is one range.
/// </summary>
internal static class SqliteOutputSchema
{
    public const string Part = "output";

    /// <summary>Appended only: a script that was released is never changed.</summary>
    public static readonly IReadOnlyList<string> Scripts =
    [
        """
        CREATE TABLE versions (
            version TEXT PRIMARY KEY,
            number INTEGER NOT NULL UNIQUE,
            run_id TEXT NOT NULL,
            created TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('staged', 'current', 'retired', 'rejected')),
            rows INTEGER NOT NULL,
            users INTEGER NOT NULL,
            options_hash TEXT NOT NULL,
            window_from TEXT NOT NULL,
            window_to TEXT NOT NULL,
            metrics TEXT NOT NULL,
            manifest_sha256 TEXT NOT NULL) WITHOUT ROWID;
        CREATE UNIQUE INDEX versions_one_current ON versions (state) WHERE state = 'current';

        CREATE TABLE user_recommendations_rows (
            number INTEGER NOT NULL,
            user_id TEXT NOT NULL,
            rank INTEGER NOT NULL,
            item_id TEXT NOT NULL,
            score REAL NOT NULL,
            relevance REAL NOT NULL,
            diversity_gain REAL NOT NULL,
            reason_code TEXT NOT NULL,
            reason_items TEXT NOT NULL,
            source TEXT NOT NULL,
            propensity REAL NOT NULL,
            PRIMARY KEY (number, user_id, rank)) WITHOUT ROWID;
        CREATE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state = 'current';

        CREATE TABLE segment_defaults_rows (
            number INTEGER NOT NULL,
            segment TEXT NOT NULL,
            rank INTEGER NOT NULL,
            item_id TEXT NOT NULL,
            score REAL NOT NULL,
            PRIMARY KEY (number, segment, rank)) WITHOUT ROWID;
        CREATE VIEW segment_defaults AS
            SELECT v.version, r.segment, r.rank, r.item_id, r.score
            FROM versions v JOIN segment_defaults_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_segment_defaults AS
            SELECT r.segment, r.rank, r.item_id, r.score
            FROM versions v JOIN segment_defaults_rows r ON r.number = v.number WHERE v.state = 'current';

        CREATE TABLE item_titles (
            item_id TEXT PRIMARY KEY,
            title TEXT,
            category TEXT,
            price REAL) WITHOUT ROWID;
        """,
        """
        CREATE TABLE item_neighbors_rows (
            number INTEGER NOT NULL,
            item_id TEXT NOT NULL,
            source TEXT NOT NULL,
            rank INTEGER NOT NULL,
            neighbor_id TEXT NOT NULL,
            score REAL NOT NULL,
            PRIMARY KEY (number, item_id, source, rank)) WITHOUT ROWID;
        CREATE VIEW item_neighbors AS
            SELECT v.version, r.item_id, r.source, r.rank, r.neighbor_id, r.score
            FROM versions v JOIN item_neighbors_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_item_neighbors AS
            SELECT r.item_id, r.source, r.rank, r.neighbor_id, r.score
            FROM versions v JOIN item_neighbors_rows r ON r.number = v.number WHERE v.state = 'current';
        ALTER TABLE item_titles ADD COLUMN search_text TEXT NOT NULL DEFAULT '';
        """,
        "ALTER TABLE versions ADD COLUMN base_version TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE versions ADD COLUMN rolled_back INTEGER NOT NULL DEFAULT 0",
        // How often what is said of items changed, and how often it had when a version first became current; null: it never did.
        """
        CREATE TABLE titles_revision (revision INTEGER NOT NULL);
        INSERT INTO titles_revision VALUES (0);
        ALTER TABLE versions ADD COLUMN titles_revision INTEGER;
        UPDATE versions SET titles_revision = 0;
        """,
        "ALTER TABLE versions ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0",
        // The rule that put an entry there; empty: none.
        """
        ALTER TABLE user_recommendations_rows ADD COLUMN promoted TEXT NOT NULL DEFAULT '';
        DROP VIEW user_recommendations;
        DROP VIEW current_user_recommendations;
        CREATE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity,
                r.promoted
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity, r.promoted
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state = 'current';
        """,
        // The probability of a predicted category; null: it is the shop's own.
        "ALTER TABLE item_titles ADD COLUMN category_confidence REAL",
        // Which features of the ranker carried an entry, and their shares with that of all others behind them; null: no ranker put it there.
        """
        ALTER TABLE user_recommendations_rows ADD COLUMN reason_features TEXT;
        ALTER TABLE user_recommendations_rows ADD COLUMN reason_shares TEXT;
        DROP VIEW user_recommendations;
        DROP VIEW current_user_recommendations;
        CREATE VIEW user_recommendations AS
            SELECT v.version, r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity,
                r.promoted, r.reason_features, r.reason_shares
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state IN ('current', 'retired');
        CREATE VIEW current_user_recommendations AS
            SELECT r.user_id, r.rank, r.item_id, r.score, r.relevance, r.diversity_gain, r.reason_code, r.reason_items, r.source, r.propensity, r.promoted,
                r.reason_features, r.reason_shares
            FROM versions v JOIN user_recommendations_rows r ON r.number = v.number WHERE v.state = 'current';
        """,
    ];
}
