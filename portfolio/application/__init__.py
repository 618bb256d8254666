"""Running a command and replaying a record, over ports that infra/ fills."""
