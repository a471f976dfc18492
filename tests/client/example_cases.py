"""What the scripts in `examples/` print in the small world, and what they say when used wrongly."""
from __future__ import absolute_import, division, print_function

#: Scripts that only read, their arguments, and what they print; `...` stands for anything.
READING = (
    ('gettc', ['TC1'], """
        A known user signs in Acceptance NONE Pass
        """),
    ('wksprj', [], """
        ... Main
            ...  Company
            ...  Team A
            ...  Team B
            ...  Web
            ...  Web
        ... Other
            ...  Lab
        """),
    ('allusers', ['--rallyWorkspace=Main'], """
        ... Ann Admin  ann@example.com  ... Etc/UTC
        ... Dora Disabled  dora@example.com  ...
        """),
    ('allowedValues', ['Defect', 'State', 'Platforms', 'Owner'], """
        http... Main  Team A
        Owner  OBJECT
            any that fits
        State  RATING
            |Submitted|
            |Open|
            |Fixed|
            |Closed|
        c_Platforms  COLLECTION
            |Linux|
            |Windows|
            |macOS|
        """),
    ('allowedValues', ['TestCaseResult'], """
        http... Main  Team A
        Verdict  STRING
            ...
            |Pass|
        """),
    ('defrevs', ['DE7'], """
        DE7  Sign in fails for names with umlauts  (Open)
          0) ...  Ed Editor  Original revision
        """),
    ('get_artifact', ['F1'], """
        PortfolioItem/Feature
            oid ... FormattedID  : F1 ...
            UserStories  : 2 items ...
        """),
    ('get_artifact', ['us101'], """
        HierarchicalRequirement ... FormattedID  : US101 ...
        """),
    ('get_artifact', ['S101'], """
        HierarchicalRequirement ... FormattedID  : US101 ...
        """),
    ('get_attachments', ['Story', 'US101'], """
        notes.txt  (text/plain, 21 bytes)
        Keep the form short.
        """),
    ('get_iterations', [], """
        1  Team A  Iteration 1  ... Accepted
        2  Team A  Iteration 2  ... Committed
        3  Team A  Iteration 3  ... Planning
        """),
    ('get_iterations', ['1'], """
        1  Team A  Iteration 1  ... Accepted
        """),
    ('get_milestones', [], """
        ... MI1  Launch  1 artifacts  ...-...-...  -
            Team A
        """),
    ('get_schedulable_artifacts', [], """
        Team A
            DE7    Sign in fails for names with umlauts  -  Iteration 2  -
            US101  Sign in with e-mail  Release 1  Iteration 2  -
            US102  Check out       -  -            -
            US103  Pay by card     -  Iteration 1  ...-...-...
            US104  Pay by invoice  -  Iteration 3  -
            5 items
        """),
    ('get_schedulable_artifacts', ['Company // Team A // Web', 'Team B'], """
        Company // Team A // Web
            DE8  Typo on the start page  -  -  -
            1 items
        Team B
            0 items
        """),
    ('get_schema', ['Task'], """
        Task  DisplayName: Task  IDPrefix: TA ... Attributes: ... WorkProduct ...
        """),
    ('get_wksp_schema', [], """
        Main has ... types ...
        Defect  ... attributes ...
        HierarchicalRequirement  ... attributes ...
        """),
    ('getitem', ['Task', 'TA2'], """
        Task
            oid ... FormattedID  : TA2 ... State  : In-Progress ...
        """),
    ('periscope', [], """
        ...  Main
            ...  Company   Open
            ...  Team A    Open
            ...  Team B    Open
            ...  Web       Open
            ...  Web       Open
            ...  Old Team  Closed
        ...  Other
            ...  Lab       Open
        """),
    ('periscope', ['workspace=Main', 'project=Team A', 'project=Old Team'], """
        ...  Main
            ...  Team A    Open
            ...  Old Team  Closed
        """),
    ('show_testcases', [], """
        TC1  A known user signs in  Acceptance  ...-...-...  Pass
        1 test cases
        """),
    ('showdefects', [], """
        DE7  Sign in fails for names with umlauts  Open
        1 defects
        """),
    ('showtcrs', [], """
        ...Z  TC1  100  Fail
        ...Z  TC1  101  Pass
        2 test case results
        """),
    ('statecounts', ['Task'], """
        Defined     : 1
        In-Progress : 1
        Completed   : 1
        """),
    ('statecounts', ['Story', '--project=Team B'], """
        Defined     : 0
        In-Progress : 0
        Completed   : 0
        Accepted    : 0
        """),
    ('typedef', ['Task'], """
        subscription: Small Company  workspace: Main
        Task  (Task) ...
            State  STRING  required
                |Defined|
                |In-Progress|
                |Completed| ...
            Actuals  QUANTITY ...
        Persistable > DomainObject > WorkspaceDomainObject > Artifact > Task
        """),
    ('wkspcounts', ['Main'], """
        Main
            UserStory       : 5 items
            Task            : 3 items
            Defect          : 2 items
            TestCase        : 1 items
            TestCaseResult  : 2 items
            TestSet         : 0 items
            TestFolder      : 0 items
            Feature         : 1 items
        """),
    ('wkspcounts', ['all', '-byproject', 'Defect'], """
        Main
            Defect  : 2 items
            Company
                Defect  : 0 items
            Team A
                Defect  : 1 items
            Team B
                Defect  : 0 items
            Web
                Defect  : 1 items
            Web
                Defect  : 0 items
        Other
            Defect  : 0 items
            Lab
                Defect  : 0 items
        """),
    ('rallyfire', [], """
        Workspace: ... Main
        Project  : ... Team A
        """),
    ('curiter', [], """
        Team A  Iteration 2  ...-...-...  ...-...-...  Committed
        """),
    ('currls', [], """
        Release 1, ... to ...
        F1  Accounts
            US101  Sign in with e-mail  In-Progress
        """),
    ('get_work', ['2010-01-01'], """
        T1  Growth
            I1  Self service
                F1  Accounts
                    US101  Sign in with e-mail  (In-Progress, ...)
                    US102  Check out  (In-Progress, ...)
                        US103  Pay by card  (Accepted, ...)
                        US104  Pay by invoice  (Defined, ...)
        """),
)

#: Scripts with arguments that do not fit, the exit code, and what they say of it.
WRONG = (
    ('gettc', [], 2, "one FormattedID of a test case is expected"),
    ('gettc', ['TC404'], 1, "There is no test case TC404."),
    ('gettc', ['TC"1'], 1, "Invalid query expression syntax in: "),
    ('wksprj', ['Main'], 2, "no arguments are expected"),
    ('allusers', ['Main'], 2, "no arguments are expected"),
    ('allusers', ['--rallyWorkspace=Nowhere'], 1, "Specified workspace of 'Nowhere'"),
    ('crdefect', ['name'], 2, "name, severity, priority and description are expected"),
    ('crdefect', ['a', 'Major Problem', 'Low', 'b', 'Nobody'], 1, "0 users have the display name"),
    ('crdefect', ['a', 'Severe', 'Low', 'b'], 1, "Field: Severity"),
    ('updefect', ['DE7'], 2, "a FormattedID and what to change are expected"),
    ('updefect', ['DE7', 'Stat', 'Open'], 1, "Did you mean: State"),
    ('updstory', ['US101'], 2, "a story, an attribute and a value are expected"),
    ('updstory', ['US404', 'Name', 'x'], 1, "US404 could not be located"),
    ('add_tcrs', ['TC1'], 2, "the FormattedID of a test case and a CSV file are expected"),
    ('add_tcrs', ['TC1', 'nowhere.csv'], 1, "nowhere.csv"),
    ('addtags', ['US101'], 2, "at least one tag"),
    ('addtags', ['US101', 'urgnt'], 1, "There is no tag 'urgnt'."),
    ('allowedValues', [], 2, "the name of a type is expected"),
    ('allowedValues', ['Defct'], 1, "There is no type Defct."),
    ('allowedValues', ['Defect', 'Stat'], 1, "Defect has no attribute Stat."),
    ('builddefs', ['Nowhere'], 1, "Specified workspace not valid"),
    ('builddefs', ['Main', 'Nowhere'], 1, 'Project specified: "Nowhere"'),
    ('cr_milestone', ['Beta'], 2, "a name and a target date are expected"),
    ('cr_milestone', ['Beta', 'soon'], 1, 'Cannot convert "soon" into a date'),
    ('create_repository', ['web', 'rcs'], 2, "'rcs' is not one of the types"),
    ('create_tcr', ['TC1'], 2, "a test case, a test set, a build and a verdict are expected"),
    ('create_tcr', ['TC1', 'TS404', '1', 'Pass'], 1, "There is no test set TS404."),
    ('create_testset', [], 2, "a name is expected"),
    ('creattach', ['TA1', 'x.txt'], 2, "'TA1' does not begin with one of S, US, DE, TC"),
    ('creattach', ['US101', 'x.txt'], 1, "x.txt not found"),
    ('crtask', ['US101', 'name', 'much'], 2, "'much' is no number of hours"),
    ('crtask', ['US404'], 1, "There is no story US404."),
    ('defrevs', [], 2, "the FormattedID of a defect is expected"),
    ('delete_items', ['Defect'], 2, "the name of a type and a criterion are expected"),
    ('delete_items', ['Defect', 'Nme = x'], 1, 'Could not find attribute "Nme"'),
    ('delete_repo', [], 2, "the name of a repository is expected"),
    ('delete_repo', ['web'], 1, "There is no repository 'web'."),
    ('get_artifact', ['US7'], 1, "There is no artifact US7."),
    ('get_attachments', ['US101'], 2, "the name of a type and an ObjectID or FormattedID"),
    ('get_iterations', ['many'], 2, "one number at most is expected"),
    ('get_milestones', ['x'], 2, "no arguments are expected"),
    ('get_repositories', ['Main', 'x'], 2, "one workspace at most is expected"),
    ('get_schedulable_artifacts', ['Nowhere'], 1, 'Project specified: "Nowhere"'),
    ('get_schema', ['defect'], 1, "There is no type defect; mind the letter case."),
    ('get_wksp_schema', ['x'], 2, "no arguments are expected"),
    ('getitem', ['Defct', 'DE7'], 1, "Did you mean: Defect"),
    ('getitem', ['Story', 'DE101'], 1, "There is no Story DE101."),
    ('getitem', ['Story', 'XX101'], 1, "There is no Story XX101."),
    ('getitemdesc', ['Story', 'DE101'], 1, "There is no Story DE101."),
    ('get_attachments', ['Story', 'DE101'], 1, "There is no Story DE101."),
    ('addtags', ['DE101', 'urgent'], 1, "There is no story DE101."),
    ('crtask', ['DE101'], 1, "There is no story DE101."),
    ('defrevs', ['US7'], 1, "There is no defect US7."),
    ('gettc', ['DE1'], 1, "There is no test case DE1."),
    ('create_tcr', ['DE1', 'TS1', '1', 'Pass'], 1, "There is no test case DE1."),
    ('create_testset', ['Smoke', 'DE1'], 1, "There is no test case DE1."),
    ('creattach', ['TC101', 'x.txt'], 1, "There is no TestCase TC101."),
    ('updefect', ['US7', 'State', 'Open'], 1, "US7 could not be located"),
    ('updstory', ['DE101', 'Name', 'x'], 1, "DE101 could not be located"),
    ('uptask', ['DE1', 'State=Completed'], 1, "DE1 could not be located"),
    ('getitemdesc', ['Defect', '404'], 1, "There is no Defect 404."),
    ('periscope', ['Main'], 2, "'Main' is neither workspace=NAME nor project=NAME"),
    ('repoitems', ['web', 'ever'], 2, "a number of days"),
    ('show_testcases', ['x'], 2, "no arguments are expected"),
    ('show_testsets', ['x'], 2, "no arguments are expected"),
    ('showdefects', ['x'], 2, "no arguments are expected"),
    ('showtcrs', ['x'], 2, "no arguments are expected"),
    ('statecounts', ['Tag'], 2, "one type is expected"),
    ('typedef', ['Tsk'], 1, "There is no type Tsk"),
    ('updtag', ['urgent'], 2, "the old and the new name are expected"),
    ('updtag', ['urgnt', 'hot'], 1, "There is no tag 'urgnt'."),
    ('uptask', ['TA1', 'Completed'], 2, "a task is expected, then attributes"),
    ('wkspcounts', ['Nowhere'], 1, "There is no workspace 'Nowhere'."),
    ('wkspcounts', ['all', '-byprojct'], 2, "no option -byprojct; did you mean -byproject?"),
    ('rallyfire', ['x'], 2, "no arguments are expected"),
    ('crbug', ['bug', 'Platforms'], 2, "at least one value"),
    ('crbug', ['bug', 'Platforms', 'BeOS'], 1, "there are Linux, Windows, macOS."),
    ('crbug', ['bug', 'Severity', 'None'], 1, "'Severity' is no custom field"),
    ('curiter', ['x'], 2, "no arguments are expected"),
    ('currls', ['Release 9'], 1, "Team A has no release 'Release 9'."),
    ('get_work', ['lately'], 2, "a date is expected"),
    ('gmr', [], 2, "the address to post to is expected"),
    ('gmr', ['http://127.0.0.1:9/used'], 1, "http://127.0.0.1:9/used cannot be reached"),
    ('release_start_items', ['Team A'], 2, "a project and a release are expected"),
    ('release_start_items', ['Team A', 'R9'], 1, "There is no release 'R9' in Team A."),
)
