// How the search sorts: Sphinx's own numbers, and pages about how pyral is made, or what the service does, after the guides.
var Scorer = {
  score: ([page, title, anchor, description, score]) =>
    /^(protocol\/|architecture|benchmarks|compat|contributing|coverage|glossary|security|test_suite|wsapi)/.test(page)
      ? score - 20 : score,
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
