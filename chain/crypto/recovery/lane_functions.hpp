#pragma once

/// How functions that work on lanes are compiled. A kernel's file names its instruction set in
/// these two before it includes the rest: templates of its own lane type then are compiled for that
/// set, and everything else, which the linker shares with other files, for any machine. Elsewhere
/// (the tests' lanes) they are ordinary functions.
#ifndef TROUPE_LANE
#define TROUPE_LANE inline       // leaves, always inlined into a kernel's steps
#define TROUPE_LANE_CALL inline  // the steps
#endif
