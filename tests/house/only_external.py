"""An import-linter contract: some packages may import the standard library, a few named packages, and nothing else."""

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyExternal(Contract):
    type_name = "only_external"

    source_modules = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        own = set(self.session_options["root_packages"])
        permitted = own | set(self.allowed) | sys.stdlib_module_names
        broken = [
            f"{importer} imports {imported}"
            for importer in sorted(graph.modules)
            if importer.partition(".")[0] in self.source_modules
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.partition(".")[0] not in permitted
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["broken"]:
            output.print_error(line)
