/** RheaKV, the key-value store of SOFAJRaft, as a comparison measures it. */
package dev.flotilla.bench.compare.rheakv;
