#pragma once

namespace dualsim::sim {

// The tables of run.db, in SQL; every column is explained there. SQLite keeps
// the comments, so `sqlite3 run.db .schema` shows them.
extern const char kDatabaseSchema[];

// The indices for the questions of docs/record.md. Made once the rows are in.
extern const char kDatabaseIndices[];

}  // namespace dualsim::sim
