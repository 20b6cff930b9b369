// Lays out a graph in ELK's JSON (https://eclipse.dev/elk/documentation/tooldevelopers/graphdatastructure/jsonformat.html).
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const ELK = createRequire(`${process.argv[2]}/`)("elkjs");
const graph = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await new ELK().layout(graph)));
