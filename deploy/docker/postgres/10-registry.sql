-- Run once, when the database is made: the schema registry keeps its schemas beside Plenum's data.
create database registry;
