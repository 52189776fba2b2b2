#include "plugins/csv/csv_sink.h"

using telltale::csv::CsvSink;
TELLTALE_PLUGIN(CsvSink)
